from django.apps import AppConfig


class DistributionsConfig(AppConfig):
    name = "distributions"

    def ready(self) -> None:
        from distributions.claims import allocations_on
        from needs import claims

        claims.register(allocations_on)
