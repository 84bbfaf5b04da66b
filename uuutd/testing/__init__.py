"""The kit for plugin authors, and what the demo and the tests stand on.

Stand-ins for the services on loopback, a small swarm with generated content, and the
contract suites that every backend of a kind passes.
"""
