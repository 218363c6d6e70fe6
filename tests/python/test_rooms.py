"""The data goes through the rooms in one direction."""

from rooms import ROOMS

ORDER = list(ROOMS)


def room_of(node: dict) -> str:
    """Return the room of a model: the folder below models/ or python_models/."""
    return node["fqn"][1]


def models_of(manifest: dict) -> dict[str, dict]:
    """Return the models of the project, but for what only describes metrics."""
    nodes = manifest["nodes"].values()
    models = {node["unique_id"]: node for node in nodes if node["resource_type"] == "model"}
    return {name: node for name, node in models.items() if room_of(node) != "semantic"}


def find_backward_edges(manifest: dict) -> list[str]:
    """Return every reference that goes against the order of the rooms, as 'room/a -> room/b'."""
    models = models_of(manifest)
    return [
        f"{room_of(models[parent])}/{models[parent]['name']} -> {room_of(node)}/{node['name']}"
        for node in models.values()
        for parent in node["depends_on"]["nodes"]
        if parent in models and ORDER.index(room_of(models[parent])) > ORDER.index(room_of(node))
    ]


def test_every_model_is_in_a_room_and_every_room_has_models(manifest):
    assert {room_of(node) for node in models_of(manifest).values()} == set(ORDER)


def test_every_edge_goes_forward(manifest):
    assert find_backward_edges(manifest) == []


def test_an_edge_against_the_order_is_named(manifest):
    features = manifest["nodes"]["model.benefit_segments.customer_features"]
    profiles = manifest["nodes"]["model.benefit_segments.segment_profiles"]
    turned = features | {"depends_on": {"nodes": [profiles["unique_id"]]}}
    nodes = {node["unique_id"]: node for node in (turned, profiles)}
    assert find_backward_edges({"nodes": nodes}) == [
        "marts/segment_profiles -> features/customer_features"
    ]
