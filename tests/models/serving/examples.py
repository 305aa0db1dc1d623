"""Chips, models and conditions that the tests of serving share; round numbers."""

from dataclasses import replace
from typing import Any

from models.core.estimates import Estimate
from models.serving.roofline import Accelerator
from models.serving.serving_conditions import Conditions, take_central_conditions
from models.serving.transformer import Architecture, Experts, LatentAttention, SparseAttention

V3 = Architecture(
    name="DeepSeek-V3",
    parameters=671e9,
    layers=61,
    hidden_size=7168,
    attention_heads=128,
    key_value_heads=128,
    head_dim=128,
    weight_bytes=1.0,
    latent=LatentAttention(512, 64),
    experts=Experts(layers=58, routed=256, per_token=8, intermediate_size=2048),
)
V32 = replace(V3, name="DeepSeek-V3.2", sparse_attention=SparseAttention(2048, 64, 128))
LLAMA = Architecture("Llama 3.1-405B", 405.85e9, 126, 16384, 128, 8, 128)
DENSE = Architecture("dense", 1e10, 40, 5000, 40, 8, 125)
PRICE = Estimate(30_000, 20_000, 40_000, 0.9, "range", 0, "US$")
H800 = Accelerator("H800", "export", 989e12, 1979e12, 80e9, 3.35e12, 200e9, 8, 50e9, 700, PRICE)
H20 = Accelerator("H20", "export", 148e12, 296e12, 96e9, 4e12, 450e9, 8, 50e9, 400, PRICE)
B200 = Accelerator(
    "B200", "unrestricted", 2.25e15, 4.5e15, 180e9, 7.7e12, 900e9, 8, 50e9, 1e3, PRICE
)
PERFECT = {
    "context_tokens": 1000.0,
    "input_per_output": 1.0,
    "compute_share": 1.0,
    "eight_bit_share": 1.0,
    "attention_share": 1.0,
    "activation_passes": 1e-9,
    "memory_share": 1.0,
    "link_share": 1.0,
    "domestic_share": 1.0,
    "collective_seconds": 1e-15,
    "service_share": 1.0,
    "load_share": 1.0,
    "usable_memory_share": 1.0,
    "server_usd": 10_000.0,
    "lifetime_years": 4.0,
    "running_share": 0.15,
    "usd_per_kwh": 0.1,
    "power_factor": 1.5,
}
ORDINARY = PERFECT | {
    "context_tokens": 5000.0,
    "compute_share": 0.65,
    "eight_bit_share": 0.9,
    "attention_share": 0.54,
    "activation_passes": 70.0,
    "memory_share": 0.75,
    "link_share": 0.75,
    "collective_seconds": 15e-6,
    "service_share": 0.75,
    "usable_memory_share": 0.9,
}


def ranges_of(values: dict[str, float], **changed: Any) -> dict[str, Estimate]:
    return {
        name: Estimate(value, 0.9 * value, 1.1 * value, 0.9, "range", 0)
        for name, value in (values | changed).items()
    }


def perfect(**changed: float) -> Conditions:
    return take_central_conditions(ranges_of(PERFECT, **changed))


def ordinary(**changed: float) -> Conditions:
    return take_central_conditions(ranges_of(ORDINARY, **changed))
