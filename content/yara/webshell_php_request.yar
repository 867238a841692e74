rule webshell_php_request : webshell {
  meta:
    description = "Web shell: PHP that runs what a request brings"
    severity = "critical"
    technique = "T1505.003"
  strings:
    $php = /<\?(php|=)/ nocase
    $direct = /\b(eval|assert|system|passthru|shell_exec|popen|proc_open|pcntl_exec)\s{0,8}\(\s{0,8}((base64_decode|gzinflate|gzuncompress|str_rot13|stripslashes|trim|urldecode|hex2bin|strrev)\s{0,4}\(\s{0,4}){0,4}@?\$_(GET|POST|REQUEST|COOKIE)\s{0,4}[\[{]/ nocase
    $called = /@?\$_(GET|POST|REQUEST|COOKIE)\s{0,4}\[[^\]]{1,40}\]\s{0,4}\(\s{0,4}@?((base64_decode|stripslashes)\s{0,4}\(\s{0,4})?\$_(GET|POST|REQUEST|COOKIE)\s{0,4}\[/ nocase
    $ticks = /`\s{0,4}\{?\$_(GET|POST|REQUEST|COOKIE)\s{0,4}\[/ nocase
    $header = /\b(eval|assert|system|passthru|shell_exec)\s{0,8}\(\s{0,8}((base64_decode|gzinflate|str_rot13)\s{0,4}\(\s{0,4}){0,3}@?\$_SERVER\s{0,4}\[\s{0,4}["']HTTP_/ nocase
    $body = /\b(eval|assert|system|passthru|shell_exec)\s{0,8}\(\s{0,8}((base64_decode|gzinflate|str_rot13)\s{0,4}\(\s{0,4}){0,3}file_get_contents\s{0,4}\(\s{0,4}["']php:\/\/input/ nocase
  condition:
    filesize < 1MB and $php and any of ($direct, $called, $ticks, $header, $body)
}
