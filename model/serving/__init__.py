"""The server of `fewshot serve`: images by HTTP in, classes and regions out. The one thing that opens a socket.

May import runs and what is below.
"""
