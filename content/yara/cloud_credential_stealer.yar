rule cloud_credential_stealer : stealer {
  meta:
    description = "Script that collects cloud credentials and sends them away"
    severity = "critical"
    technique = "T1552.005"
  strings:
    $script = /^#!\s{0,4}\/(usr\/)?bin\/(env )?(ba|da|z|a)?sh/
    $metadata = /169\.254\.169\.254\/(latest\/meta-data\/iam|metadata\/identity|computeMetadata)|169\.254\.170\.2\$?/
    $file1 = /\.aws\/(credentials|config)/
    $file2 = /\.config\/gcloud|application_default_credentials/
    $file3 = /\.azure\/|\.docker\/config\.json|\.kube\/config/
    $file4 = /\.ssh\/(id_rsa|id_ed25519|known_hosts)|\.git-credentials|\.s3cfg|\.passwd-s3fs/
    $environ = /\/proc\/(\*|[0-9]+|self)\/environ/
    $send = /(curl|wget)\s[^\n]{0,120}(-F\s|--form|-T\s|--upload-file|--data-binary\s+@|-d\s+@|--post-file)/
  condition:
    filesize < 256KB and $script and $send and ($metadata or $environ) and 3 of ($metadata, $environ, $file*)
}
