; An installer for Windows, made by Inno Setup of the folder build: iscc /DVersion=0.2.0 .ci\folder\windows.iss
[Setup]
AppName=Fewshot
AppVersion={#Version}
DefaultDirName={autopf}\Fewshot
DefaultGroupName=Fewshot
OutputDir=..\..\dist
OutputBaseFilename=fewshot-{#Version}-setup
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
PrivilegesRequired=lowest
ChangesAssociations=yes

[Files]
Source: "..\..\dist\fewshot\*"; DestDir: "{app}"; Flags: recursesubdirs

[Icons]
Name: "{group}\Fewshot"; Filename: "{app}\fewshot-gui.exe"

[Registry]
Root: HKA; Subkey: "Software\Classes\.fewshot"; ValueType: string; ValueData: "Fewshot.Project"; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\Fewshot.Project"; ValueType: string; ValueData: "Fewshot project"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Fewshot.Project\shell\open\command"; ValueType: string; ValueData: """{app}\fewshot-gui.exe"" ""%1"""
