"""The rooms of the project, in the order in which the data goes through them.

A room is a folder of models/ or python_models/. A model may read models of its own room and of
the rooms before it. The picture in the README is made from this list.
"""

ROOMS = {
    "staging": "type and judge every row",
    "quality": "count used and rejected rows",
    "features": "describe each customer",
    "fit": "fit scalers, components, centroids in Python",
    "model": "publish the fitted model as rows",
    "scoring": "find the nearest centroid of every customer",
    "profiles": "measure and name the segments",
    "marts": "tables, sentences and functions to read",
    "dossier": "test how far to trust the answer",
}

# What is drawn in one row of the picture, by heading. Together these are all rooms, in order.
ROWS = {
    "What customers do": ["staging", "quality", "features"],
    "Which segments there are": ["fit", "model", "scoring"],
    "What the segments are like": ["profiles", "marts", "dossier"],
}


def draw_rooms() -> str:
    """Return the rooms as a Mermaid flowchart, from the raw data to its readers."""
    lines = ["flowchart TB", '    raw["raw files or tables"] --> row1']
    for number, (heading, rooms) in enumerate(ROWS.items(), start=1):
        nodes = [f'{room}["<b>{room}</b><br>{ROOMS[room]}"]' for room in rooms]
        lines += [
            f'    subgraph row{number} ["{heading}"]',
            "        direction LR",
            f"        {' --> '.join(nodes)}",
            "    end",
        ]
    numbers = range(1, len(ROWS) + 1)
    lines += [f"    {' --> '.join(f'row{number}' for number in numbers)} --> published"]
    lines += ['    published["published file<br>SQL, BI tools, report, app, metrics"]']
    return "\n".join(lines)
