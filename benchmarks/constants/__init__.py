"""The constants of the head's prior, fitted on image sets, each set left out in turn."""
