"""Contracts of one table, made in code."""

from contracts.model import DataContract, Property, Schema


def contract(*properties: Property, name="stations", **fields) -> DataContract:
    table = Schema(name=name, properties=properties, **fields)
    return DataContract(
        id="urn:test",
        version="1.0.0",
        api_version="v3.1.0",
        name=name,
        status="active",
        schemas=(table,),
        text=b"",
    )
