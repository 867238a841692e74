rule webshell_jsp : webshell {
  meta:
    description = "Web shell: a JSP page that runs commands or classes which a request brings"
    severity = "critical"
    technique = "T1505.003"
  strings:
    $page = /<%[@!=\s]|<jsp:(root|scriptlet|directive)/
    $parameter = /request\s{0,4}\.\s{0,4}get(Parameter|Header|Reader|InputStream)\s{0,4}\(/
    $runtime = /Runtime\s{0,4}\.\s{0,4}getRuntime\s{0,4}\(\s{0,4}\)\s{0,4}\.\s{0,4}exec\s{0,4}\(/
    $builder = /new\s+ProcessBuilder\s{0,4}\(/
    $class = /extends\s+ClassLoader\b.{0,300}defineClass\s{0,4}\(/s
    $secret = /(Cipher\s{0,4}\.\s{0,4}getInstance\s{0,4}\(\s{0,4}"AES|BASE64Decoder|Base64\.getDecoder)/
  condition:
    filesize < 128KB and $page and $parameter and ($runtime or $builder or ($class and $secret))
}
