"""What a language pack says for the reply check."""

from pydantic import BaseModel, ConfigDict


class ReplyWords(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
