"""Aftercare services that can be arranged (``protocols/aftercare/services.toml``)."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from taper_app.clinical.protocol.citation import Cited, Identifier, ProtocolEntry, Reviewed


class ServiceGroup(StrEnum):
    MEDICAL = "medical"
    COUNSELLING = "counselling"
    PROGRAMME = "programme"
    MUTUAL_HELP = "mutual_help"
    LIVING = "living"
    SUPPORT = "support"
    CRISIS = "crisis"


class ServiceType(Cited):
    """A kind of service, such as a support group."""

    id: Identifier
    name: str
    group: ServiceGroup


class AftercareServices(ProtocolEntry):
    version: str
    services: tuple[ServiceType, ...] = Field(min_length=1)
    reviewed: Reviewed | None = None

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        ids = [service.id for service in self.services]
        for service_id in ids:
            if ids.count(service_id) > 1:
                raise ValueError(f"The service {service_id} stands twice; keep one.")
        return self

    def named(self, service_id: str) -> ServiceType | None:
        return next((service for service in self.services if service.id == service_id), None)
