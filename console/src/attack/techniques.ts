// MITRE ATT&CK, version 19: names and tactics of the techniques that rules and emulations name, and what version 18
// called them. ATT&CK is MITRE's; ids and names are used as its terms of use allow.

/** Tactics in the order of an attack. */
export const TACTICS = [
  'reconnaissance', 'initial_access', 'execution', 'persistence', 'privilege_escalation', 'stealth', 'defense_impairment',
  'credential_access', 'discovery', 'lateral_movement', 'collection', 'command_and_control', 'exfiltration', 'impact',
] as const;
export type Tactic = (typeof TACTICS)[number];

export interface Technique {
  name: string;
  tactics: readonly Tactic[];
}

const SHORT: Readonly<Record<string, Tactic>> = {
  r: 'reconnaissance', i: 'initial_access', x: 'execution', p: 'persistence', e: 'privilege_escalation', s: 'stealth', d: 'defense_impairment',
  a: 'credential_access', y: 'discovery', l: 'lateral_movement', c: 'collection', m: 'command_and_control', f: 'exfiltration', t: 'impact',
};

// Id, tactics by letter, name.
const TABLE = `
T1003.007 a OS Credential Dumping: Proc Filesystem
T1003.008 a OS Credential Dumping: /etc/passwd and /etc/shadow
T1014 s Rootkit
T1018 y Remote System Discovery
T1021.004 l Remote Services: SSH
T1027.002 s Obfuscated Files or Information: Software Packing
T1027.004 s Obfuscated Files or Information: Compile After Delivery
T1027.010 s Obfuscated Files or Information: Command Obfuscation
T1033 y System Owner/User Discovery
T1036.004 s Masquerading: Masquerade Task or Service
T1036.005 s Masquerading: Match Legitimate Resource Name or Location
T1037.004 pe Boot or Logon Initialization Scripts: RC Scripts
T1040 ay Network Sniffing
T1041 f Exfiltration Over C2 Channel
T1046 y Network Service Discovery
T1048 f Exfiltration Over Alternative Protocol
T1048.003 f Exfiltration Over Unencrypted Non-C2 Protocol
T1053.002 xpe Scheduled Task/Job: At
T1053.003 xpe Scheduled Task/Job: Cron
T1055 es Process Injection
T1055.008 es Process Injection: Ptrace System Calls
T1056.001 ac Input Capture: Keylogging
T1059 x Command and Scripting Interpreter
T1059.004 x Command and Scripting Interpreter: Unix Shell
T1059.006 x Command and Scripting Interpreter: Python
T1059.007 x Command and Scripting Interpreter: JavaScript
T1059.011 x Command and Scripting Interpreter: Lua
T1068 e Exploitation for Privilege Escalation
T1069.001 y Permission Groups Discovery: Local Groups
T1070.003 s Indicator Removal: Clear Command History
T1070.004 s Indicator Removal: File Deletion
T1070.006 s Indicator Removal: Timestomp
T1071 m Application Layer Protocol
T1071.004 m Application Layer Protocol: DNS
T1074.001 c Data Staged: Local Data Staging
T1082 y System Information Discovery
T1083 y File and Directory Discovery
T1090.003 m Proxy: Multi-hop Proxy
T1095 m Non-Application Layer Protocol
T1098.004 pe Account Manipulation: SSH Authorized Keys
T1098.007 pe Account Manipulation: Additional Local or Domain Groups
T1105 m Ingress Tool Transfer
T1110.001 a Brute Force: Password Guessing
T1110.002 a Brute Force: Password Cracking
T1133 ip External Remote Services
T1136.001 p Create Account: Local Account
T1140 s Deobfuscate/Decode Files or Information
T1190 i Exploit Public-Facing Application
T1195.002 i Supply Chain Compromise: Compromise Software Supply Chain
T1205 pms Traffic Signaling
T1210 l Exploitation of Remote Services
T1218 s System Binary Proxy Execution
T1222.002 d File and Directory Permissions Modification: Linux and Mac
T1485 t Data Destruction
T1486 t Data Encrypted for Impact
T1490 t Inhibit System Recovery
T1496 t Resource Hijacking
T1496.001 t Resource Hijacking: Compute Hijacking
T1497.001 sy Virtualization/Sandbox Evasion: System Checks
T1505.003 p Server Software Component: Web Shell
T1518.001 y Software Discovery: Security Software Discovery
T1528 a Steal Application Access Token
T1543.002 pe Create or Modify System Process: Systemd Service
T1543.005 pe Create or Modify System Process: Container Service
T1546 pe Event Triggered Execution
T1546.004 pe Event Triggered Execution: Unix Shell Configuration Modification
T1546.016 pe Event Triggered Execution: Installer Packages
T1546.017 pe Event Triggered Execution: Udev Rules
T1546.018 pe Event Triggered Execution: Python Startup Hooks
T1547.006 pe Boot or Logon Autostart Execution: Kernel Modules and Extensions
T1547.013 pe Boot or Logon Autostart Execution: XDG Autostart Entries
T1548 e Abuse Elevation Control Mechanism
T1548.001 e Abuse Elevation Control Mechanism: Setuid and Setgid
T1548.003 e Abuse Elevation Control Mechanism: Sudo and Sudo Caching
T1552.001 a Unsecured Credentials: Credentials In Files
T1552.003 a Unsecured Credentials: Shell History
T1552.004 a Unsecured Credentials: Private Keys
T1552.005 a Unsecured Credentials: Cloud Instance Metadata API
T1552.007 a Unsecured Credentials: Container API
T1553.004 d Subvert Trust Controls: Install Root Certificate
T1554 p Compromise Host Software Binary
T1556 apd Modify Authentication Process
T1556.003 apd Modify Authentication Process: Pluggable Authentication Modules
T1560.001 c Archive Collected Data: Archive via Utility
T1561.001 t Disk Wipe: Disk Content Wipe
T1563.001 l Remote Service Session Hijacking: SSH Hijacking
T1564.001 s Hide Artifacts: Hidden Files and Directories
T1564.013 s Hide Artifacts: Bind Mounts
T1565.001 t Data Manipulation: Stored Data Manipulation
T1567 f Exfiltration Over Web Service
T1567.002 f Exfiltration Over Web Service: Exfiltration to Cloud Storage
T1568 m Dynamic Resolution
T1568.002 m Dynamic Resolution: Domain Generation Algorithms
T1571 m Non-Standard Port
T1572 m Protocol Tunneling
T1573 m Encrypted Channel
T1574.006 xs Hijack Execution Flow: Dynamic Linker Hijacking
T1609 x Container Administration Command
T1610 x Deploy Container
T1611 e Escape to Host
T1613 y Container and Resource Discovery
T1620 s Reflective Code Loading
T1622 ys Debugger Evasion
T1685 d Disable or Modify Tools
T1685.004 d Disable or Modify Linux Audit System Log
T1685.006 d Clear Linux or Mac System Logs
T1686 d Disable or Modify System Firewall
T1690 d Prevent Command History Logging
`;

export const TECHNIQUES: ReadonlyMap<string, Technique> = new Map(
  TABLE.trim().split('\n').map((line) => {
    const [id = '', letters = '', ...name] = line.split(' ');
    return [id, { name: name.join(' '), tactics: [...letters].flatMap((letter) => SHORT[letter] ?? []) }];
  }),
);

/** Ids that version 19 gave new numbers. */
const RENAMED: Readonly<Record<string, string>> = {
  'T1070.002': 'T1685.006', 'T1562': 'T1685', 'T1562.001': 'T1685', 'T1562.003': 'T1690', 'T1562.004': 'T1686', 'T1562.012': 'T1685.004',
};

/** The id of version 19. */
export function present(id: string): string {
  return RENAMED[id] ?? id;
}
