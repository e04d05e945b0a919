"""Track product faults as Markdown files in git and publish them as a knowledge base."""

__version__ = "0.1.0"
