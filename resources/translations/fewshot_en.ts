<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name></name>
    <message numerus="yes">
        <source>Drop a few images of each class into its bin: %n in each are a start.</source>
        <translation>
            <numerusform>Drop a few images of each class into its bin: %n in each is a start.</numerusform>
            <numerusform>Drop a few images of each class into its bin: %n in each are a start.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Make a second bin, and drop images of another class into it; or %n images of this one alone.</source>
        <translation>
            <numerusform>Make a second bin, and drop images of another class into it; or %n image of this one alone.</numerusform>
            <numerusform>Make a second bin, and drop images of another class into it; or %n images of this one alone.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n example(s) look much like another class, in ‘{name}’ first: are they in the right bin?</source>
        <translation>
            <numerusform>%n example looks much like another class, in ‘{name}’ first: is it in the right bin?</numerusform>
            <numerusform>%n examples look much like another class, in ‘{name}’ first: are they in the right bin?</numerusform>
        </translation>
    </message>
</context>
</TS>
