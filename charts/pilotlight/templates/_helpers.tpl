{{/* The prefix of all names. */}}
{{- define "pilotlight.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "pilotlight.exporter.fullname" -}}{{ include "pilotlight.fullname" . }}-exporter{{- end -}}
{{- define "pilotlight.scaler.fullname" -}}{{ include "pilotlight.fullname" . }}-scaler{{- end -}}

{{/* Labels that select: they never change in the life of a release. Takes (list $ "component"). */}}
{{- define "pilotlight.selectorLabels" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ default $root.Chart.Name $root.Values.nameOverride | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{/* Labels of every object. Takes (list $ "component"). */}}
{{- define "pilotlight.labels" -}}
{{- $root := index . 0 -}}
{{ include "pilotlight.selectorLabels" . }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: pilotlight
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- with $root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "pilotlight.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ printf "%s@%s" .repository .digest }}
{{- else -}}
{{ printf "%s:%s" .repository (default $.Chart.AppVersion .tag) }}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Takes (list $ "component"). */}}
{{- define "pilotlight.serviceAccountName" -}}
{{- $root := index . 0 -}}
{{- $account := (index $root.Values (index . 1)).serviceAccount -}}
{{- if $account.create -}}
{{- default (printf "%s-%s" (include "pilotlight.fullname" $root) (index . 1)) $account.name -}}
{{- else -}}
{{- default "default" $account.name -}}
{{- end -}}
{{- end -}}

{{/* The address that goes into every trigger. */}}
{{- define "pilotlight.scalerAddress" -}}
{{ include "pilotlight.scaler.fullname" . }}.{{ .Release.Namespace }}:{{ .Values.scaler.grpcPort }}
{{- end -}}

{{/* Which pods are exporters: those that the values name, else the chart's own. */}}
{{- define "pilotlight.exporterPods" -}}
{{- if .Values.scaler.exporterPods -}}
{{- .Values.scaler.exporterPods -}}
{{- else if .Values.exporter.enabled -}}
{{- $labels := list -}}
{{- range $key, $value := include "pilotlight.selectorLabels" (list . "exporter") | fromYaml -}}
{{- $labels = append $labels (printf "%s=%s" $key $value) -}}
{{- end -}}
{{- $scheme := ternary " scheme=https" "" (ne .Values.exporter.tls.secretName "") -}}
{{- printf "%s/%s port=%v%s" .Release.Namespace (join "," $labels) .Values.exporter.port $scheme -}}
{{- end -}}
{{- end -}}

{{/* The namespace of those; empty where there are none. */}}
{{- define "pilotlight.exporterNamespace" -}}
{{- (splitList "/" (include "pilotlight.exporterPods" .)) | first -}}
{{- end -}}
