"""Invented articles on persons, organisations and places: the sample corpus in DocRED format."""
