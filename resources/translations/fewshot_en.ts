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
    <message numerus="yes">
        <source>; one bin of %n independent example(s): too few to call anything unlike it</source>
        <translation>
            <numerusform>; one bin of %n independent example: too few to call anything unlike it</numerusform>
            <numerusform>; one bin of %n independent examples: too few to call anything unlike it</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>; look at the boxes of %n example(s), first of {name}</source>
        <translation>
            <numerusform>; look at the boxes of %n example: {name}</numerusform>
            <numerusform>; look at the boxes of %n examples, first of {name}</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>DiscardingController</name>
    <message numerus="yes">
        <source>%n project(s) discarded.</source>
        <translation>
            <numerusform>%n project discarded.</numerusform>
            <numerusform>%n projects discarded.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ExportingController</name>
    <message numerus="yes">
        <source>%n sidecar(s) restored</source>
        <translation>
            <numerusform>%n sidecar restored</numerusform>
            <numerusform>%n sidecars restored</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) in sidecars</source>
        <translation>
            <numerusform>%n image in sidecars</numerusform>
            <numerusform>%n images in sidecars</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) written to “{name}”</source>
        <translation>
            <numerusform>%n image written to “{name}”</numerusform>
            <numerusform>%n images written to “{name}”</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n of them out of date</source>
        <translation>
            <numerusform>%n of them out of date</numerusform>
            <numerusform>%n of them out of date</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n left out, of which nobody said anything</source>
        <translation>
            <numerusform>%n left out, of which nobody said anything</numerusform>
            <numerusform>%n left out, of which nobody said anything</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n left out: without a label, not readable or of another kind</source>
        <translation>
            <numerusform>%n left out: without a label, not readable or of another kind</numerusform>
            <numerusform>%n left out: without a label, not readable or of another kind</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) could not be written or read</source>
        <translation>
            <numerusform>%n file could not be written or read</numerusform>
            <numerusform>%n files could not be written or read</numerusform>
        </translation>
    </message>
</context>
</TS>
