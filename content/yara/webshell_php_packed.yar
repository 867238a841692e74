rule webshell_php_packed : webshell packed {
  meta:
    description = "PHP that unpacks and runs a long text of its own, as web shells do to hide"
    severity = "high"
    technique = "T1027"
  strings:
    $php = /<\?(php|=)/ nocase
    $unpack = /\b(eval|assert|create_function)\s{0,8}\(\s{0,8}["'?>.\s]{0,8}((gzinflate|gzuncompress|gzdecode|str_rot13|strrev|base64_decode|convert_uudecode|rawurldecode)\s{0,4}\(\s{0,4}){1,6}["'][A-Za-z0-9+\/=%\\]{120}/ nocase
    $variable = /\b(eval|assert)\s{0,8}\(\s{0,8}(gzinflate|gzuncompress|str_rot13)\s{0,4}\(\s{0,4}((str_rot13|strrev|gzinflate)\s{0,4}\(\s{0,4}){0,3}base64_decode\s{0,4}\(\s{0,4}\$[A-Za-z_0-9]{1,40}\s{0,4}\)/ nocase
  condition:
    filesize < 2MB and $php and ($unpack or $variable)
}
