"""What pages share."""
from core.ui.viewer import Viewer, viewer

__all__ = ["Viewer", "viewer"]
