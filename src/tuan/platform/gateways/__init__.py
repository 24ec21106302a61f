"""Ports to the outside: payment providers and messages. Called outside any transaction; their answers are applied by verbs."""
