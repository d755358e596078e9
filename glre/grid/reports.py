"""The pages that `glre report` makes."""

from pydantic import Field

from glre.settings import Name, Section


class Report(Section):
    """A page: its title, and the points of the grid whose results it shows, in this order."""

    title: str
    points: tuple[Name, ...] = Field(min_length=1)
