"""The program by which the shipped weights of the patent's CNN were made, and how good they are.

    pictures.py   which Debian packages hold the pictures, under which licences
    generated.py  pictures drawn from random numbers
    views.py      from pictures to 128 x 128 views: crops, objects laid over them, mixes, changes
    teacher.py    the default backbone's outputs for every view, computed once
    distil.py     the student learns them; export in float16
    measure.py    accuracy over chance beside the default backbone

To make the weights anew, with the packages of `pictures.py` installed (or unpacked below a folder given
with --root), and to measure them on folders of classes:

    python -m benchmarks.patent_cnn make WORK
    python -m benchmarks.patent_cnn measure FOLDER...
    python -m benchmarks.patent_cnn trained FOLDER...

Times, figures and what fell short: docs/patent-cnn.md. No benchmark picture is learned from. Same seed,
pictures, versions and one thread: same weights, as far as torch is deterministic on the same processor.
"""
