"""Tests of the sift."""
