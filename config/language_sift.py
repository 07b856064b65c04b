"""What a language pack says for the sift."""

from pydantic import BaseModel, ConfigDict


class SiftWords(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
