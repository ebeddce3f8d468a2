{{/* The connections file: as in the values, but each secret is the file that it is mounted as. */}}
{{- define "pilotlight.connections" -}}
{{- $connections := dict -}}
{{- range $name, $connection := .Values.scaler.connections -}}
{{- $settings := omit $connection "passwordSecret" "bearerTokenSecret" -}}
{{- range $field := list "password" "bearerToken" -}}
{{- if hasKey $connection (printf "%sSecret" $field) -}}
{{- $_ := set $settings (printf "%sFile" $field) (printf "/etc/pilotlight-secrets/%s/%s" $name $field) -}}
{{- end -}}
{{- end -}}
{{- $_ := set $connections $name $settings -}}
{{- end -}}
{{ toYaml (dict "connections" $connections) }}
{{- end -}}

{{/*
The sources of the volume with the connections' secrets; empty where no connection has one. A secret that is missing costs
its connection only, so it does not keep the scaler from starting.
*/}}
{{- define "pilotlight.connectionSecrets" -}}
{{- range $name, $connection := .Values.scaler.connections }}
{{- range $field := list "password" "bearerToken" }}
{{- with index $connection (printf "%sSecret" $field) }}
- secret:
    name: {{ .name }}
    optional: true
    items:
      - key: {{ .key }}
        path: {{ $name }}/{{ $field }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}
