rule webshell_aspx : webshell {
  meta:
    description = "Web shell: an ASP or ASP.NET page that runs what a request brings"
    severity = "critical"
    technique = "T1505.003"
  strings:
    $page = /<%\s{0,4}@|<%[=\s]|<script[^>]{0,60}runat\s{0,4}=\s{0,4}["']?server/ nocase
    $eval = /\b(eval|execute|executeglobal)\s{0,4}\(?\s{0,4}request\s{0,4}(\.\s{0,4}(item|form|querystring|params))?\s{0,4}[\[(]/ nocase
    $start = /new\s+(System\.Diagnostics\.)?Process(StartInfo)?\s{0,4}\(|Process\.Start\s{0,4}\(|WScript\.Shell/ nocase
    $command = /["'](\/c\s|cmd(\.exe)?["'\s\/]|powershell(\.exe)?["'\s])/ nocase
    $request = /request\s{0,4}(\.\s{0,4}(item|form|querystring|params|headers))?\s{0,4}[\[(]\s{0,4}["']/ nocase
    $assembly = /Assembly\s{0,4}\.\s{0,4}Load\s{0,4}\(.{0,200}CreateInstance\s{0,4}\(/s
  condition:
    filesize < 256KB and $page and ($eval or ($start and $command and $request) or ($assembly and $request))
}
