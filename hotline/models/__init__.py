from hotline.models.calls import Call

__all__ = ["Call"]
