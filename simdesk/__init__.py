"""simdesk: a discrete-event simulation and digital twin of a service desk."""

__version__ = "0.1.0"
