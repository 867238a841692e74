rule webshell_php_panel : webshell {
  meta:
    description = "Web shell: a known PHP control panel (c99, r57, WSO, b374k, FilesMan, p0wny, Alfa)"
    severity = "critical"
    technique = "T1505.003"
  strings:
    $php = /<\?(php|=)/ nocase
    $c99 = /\$c99sh_\w{3,30}|c99shell v\./ nocase
    $r57 = /r57shell\.php|\br57_logo\b|r57shell - http/ nocase
    $wso = /\bWSO_VERSION\b|wsoSecParam|wsoFooter/
    $files = /'FilesMan'|"FilesMan"|action(FilesMan|SelfRemove|Bruteforce)/
    $b374k = /\bb374k\b.{0,40}(shell|version|GLOBALS)|\$GLOBALS\['ver'\].{0,80}b374k/ nocase
    $p0wny = /function\s+feature(Shell|Hint|Pwd|Download|Upload)\b/
    $alfa = /AlfaTeam|alfa_?shell|solevisible/ nocase
  condition:
    filesize < 2MB and $php and
    (any of ($c99, $r57, $wso, $b374k) or #files > 1 or #p0wny > 2 or #alfa > 2)
}
