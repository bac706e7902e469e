{{- define "orchard.pull" -}}
{{- printf "%s-pull" .Release.Name -}}
{{- end -}}
{{- define "orchard.auths" -}}
{{- with .Values.registry -}}
{{- printf "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}" .server (printf "%s:%s" .username .password | b64enc) | b64enc -}}
{{- end -}}
{{- end -}}
