"""Reading a draft before it is posted: who it says we are, what it asks for in public, what it gives away."""

from bot.reply_check.check import Finding, check_reply
from bot.reply_check.problem import Problem
from bot.reply_check.us import Us

__all__ = ["Finding", "Problem", "Us", "check_reply"]
