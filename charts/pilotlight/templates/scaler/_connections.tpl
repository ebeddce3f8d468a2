{{/* The settings of a connection that name a file: `NAMEFile`, or `NAMESecret` for a secret to be mounted. */}}
{{- define "pilotlight.connectionFiles" -}}
[password, bearerToken, token, creds, ca, cert, key, accessKeyId, secretAccessKey, sessionToken]
{{- end -}}

{{/* The connections file: as in the values, but each secret is the file that it is mounted as. */}}
{{- define "pilotlight.connections" -}}
{{- $connections := dict -}}
{{- range $name, $connection := .Values.scaler.connections -}}
{{- $settings := include "pilotlight.connectionSettings" (list $connection $name) | fromYaml -}}
{{- with $connection.sentinel -}}
{{- $place := printf "%s/sentinel" $name -}}
{{- $_ := set $settings "sentinel" (include "pilotlight.connectionSettings" (list . $place) | fromYaml) -}}
{{- end -}}
{{- $_ := set $connections $name $settings -}}
{{- end -}}
{{ toYaml (dict "connections" $connections) }}
{{- end -}}

{{/* Settings with files in the place of secrets. Takes (list settings "folder below the mount"). */}}
{{- define "pilotlight.connectionSettings" -}}
{{- $given := index . 0 -}}
{{- $place := index . 1 -}}
{{- $settings := deepCopy $given -}}
{{- range $name := include "pilotlight.connectionFiles" . | fromYamlArray -}}
{{- $secret := printf "%sSecret" $name -}}
{{- $file := printf "%sFile" $name -}}
{{- if hasKey $given $secret -}}
{{- if hasKey $given $file -}}
{{- fail (printf "scaler.connections.%s: %s and %s exclude each other" ($place | replace "/" ".") $secret $file) -}}
{{- end -}}
{{- $settings = omit $settings $secret -}}
{{- $_ := set $settings $file (printf "/etc/pilotlight-secrets/%s/%s" $place $name) -}}
{{- end -}}
{{- end -}}
{{ toYaml $settings }}
{{- end -}}

{{/*
The sources of the volume with the connections' secrets; empty where no connection has one. A secret that is missing costs
its connection only, so it does not keep the scaler from starting.
*/}}
{{- define "pilotlight.connectionSecrets" -}}
{{- range $name, $connection := .Values.scaler.connections }}
{{- include "pilotlight.secretsOf" (list $connection $name) }}
{{- with $connection.sentinel }}
{{- include "pilotlight.secretsOf" (list . (printf "%s/sentinel" $name)) }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Takes (list settings "folder below the mount"). */}}
{{- define "pilotlight.secretsOf" -}}
{{- $settings := index . 0 }}
{{- $place := index . 1 }}
{{- range $name := include "pilotlight.connectionFiles" . | fromYamlArray }}
{{- with index $settings (printf "%sSecret" $name) }}
- secret:
    name: {{ .name }}
    optional: true
    items:
      - key: {{ .key }}
        path: {{ $place }}/{{ $name }}
{{- end }}
{{- end }}
{{- end -}}
