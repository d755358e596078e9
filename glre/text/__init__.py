"""Sentences, words and marked spans of a text."""
