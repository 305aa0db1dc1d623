"""Hardware: chips, who made and who owns them, and clusters."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from importers.countries import coded, country_columns
from overtake.data.importing import importer

_CHIP_COUNTS = "epoch-ai-chip-counts"
_COUNTED_MAKERS = ("amd", "nvidia", "tpu", "trainium")
# Their sales are of April 2026; Nvidia's are in the newer export.
_MAKERS_OF_APRIL = ("amd", "tpu", "trainium")
_SALES = "sales_cumulative_by_designer.csv"
_OWNER_COUNTRIES = {
    "Microsoft": "USA",
    "Meta": "USA",
    "Amazon": "USA",
    "Google": "USA",
    "Oracle": "USA",
    "xAI": "USA",
    "China": "CHN",
    "Other": None,
}
_MAKER_COUNTRIES = {
    "NVIDIA": "USA", "AMD": "USA", "Google": "USA", "Intel": "USA", "Amazon AWS": "USA",
    "Meta": "USA", "Microsoft": "USA", "Tesla": "USA", "Huawei": "CHN", "Cambricon": "CHN",
    "Kunlunxin Baidu": "CHN", "MetaX": "CHN", "Iluvatar CoreX": "CHN", "Hygon": "CHN",
    "National University of Defense Technology": "CHN", "Moore Threads (Tencent)": "CHN",
    "Sunway": "CHN", "Biren": "CHN", "Alibaba": "CHN", "PEZY": "JPN", "Groq": "USA",
}  # fmt: skip
# The file leaves out the maker that the chip's own name tells.
_UNNAMED_MAKERS = {"GroqChip LPU v1": "Groq"}
# 18 TB/s from HBM2e in 2023 is ten times what such a stack gives: a slip of the decimal point.
_WRONG_BANDWIDTHS = ("MetaX MXC500 (PCIe)", "MetaX MXC500 (OAM)")


@importer("ai_chips")
def ai_chips(source: Path) -> pd.DataFrame:
    """Return accelerators; 16-bit throughput is the tensor figure where there is one."""
    raw = pd.read_csv(source / "epoch-ml-hardware/ml_hardware.csv")
    name, bandwidth = raw["Hardware name"], raw["Memory bandwidth (byte/s)"]
    maker = raw["Manufacturer"].fillna(name.map(_UNNAMED_MAKERS))
    tensor = raw["Tensor-FP16/BF16 performance (FLOP/s)"]
    plain = raw["FP16 (half precision) performance (FLOP/s)"]
    return pd.DataFrame(
        {
            "chip": name,
            "maker": maker,
            "maker_country": coded(maker, _MAKER_COUNTRIES, "maker of chips"),
            "release_date": raw["Release date"],
            "fp16_flop_per_s": tensor.fillna(plain),
            "fp16_basis": _basis(tensor, plain),
            "fp8_flop_per_s": raw["FP8 performance (FLOP/s)"],
            "int8_op_per_s": raw["INT8 performance (OP/s)"],
            "fp32_flop_per_s": raw["FP32 (single precision) performance (FLOP/s)"],
            "memory_bytes": raw["Memory (bytes)"],
            "memory_bandwidth_bytes_per_s": bandwidth.mask(name.isin(_WRONG_BANDWIDTHS)),
            "intranode_bandwidth_bytes_per_s": raw["Intranode bandwidth (byte/s)"],
            "tdp_w": raw["TDP (W)"],
            "price_usd": raw["Release price (USD)"],
            "process_nm": raw["Process size (nm)"],
            "foundry": raw["Foundry"],
        }
    )


@importer("chips_owned")
def chips_owned(source: Path) -> pd.DataFrame:
    """Return cumulative accelerators by owner, in H100 equivalents."""
    raw = _counted(source, "owners_csv_export/{}_owners_cumulative_totals.csv", _COUNTED_MAKERS)
    return pd.DataFrame(
        {
            "owner": raw["Owner"],
            "owner_country": coded(raw["Owner"], _OWNER_COUNTRIES, "owner of chips"),
            **_stocks(raw),
            "units_p50": raw["Number of units (median)"],
            "power_mw_p50": raw["Power in MW (median)"],
        }
    )


@importer("chips_sold")
def chips_sold(source: Path) -> pd.DataFrame:
    """Return cumulative accelerators by maker, in H100 equivalents and in chips."""
    raw = _counted(source, "csv_export/{}_cumulative_totals.csv", _MAKERS_OF_APRIL)
    earlier = _stocks(raw).assign(units_p50=raw["Number of units (median)"])
    nvidia = pd.read_csv(source / _CHIP_COUNTS / "canonical_export/nvidia" / _SALES)
    return pd.concat(
        [
            earlier,
            pd.DataFrame(
                {
                    "maker": "Nvidia",
                    "quarter_end": pd.to_datetime(nvidia["end_date"]),
                    "h100e_p5": nvidia["h100e_p5"],
                    "h100e_p50": nvidia["h100e_med"],
                    "h100e_p95": nvidia["h100e_p95"],
                    "units_p50": nvidia["units_med"],
                    "complete": ~nvidia["incomplete"],
                }
            ),
        ],
        ignore_index=True,
    )


@importer("chips_in_china")
def chips_in_china(source: Path) -> pd.DataFrame:
    """Return cumulative chips made in China, and Nvidia chips smuggled there, by quarter."""
    folder = source / _CHIP_COUNTS / "staging/curated"
    made = pd.read_csv(folder / _SALES)
    smuggled = pd.read_csv(folder / "china_smuggled_nvidia.csv")
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "maker": made["Designer"],
                    "route": "made by a Chinese firm",
                    "quarter_end": pd.to_datetime(made["End date"]),
                    "h100e_p5": made["H100e (5th percentile)"],
                    "h100e_p50": made["H100e (median)"],
                    "h100e_p95": made["H100e (95th percentile)"],
                    "units_p50": made["Number of units (median)"],
                    "power_mw_p50": made["Power (MW) (median)"],
                }
            ),
            pd.DataFrame(
                {
                    "maker": "Nvidia",
                    "route": "smuggled",
                    "quarter_end": pd.to_datetime(smuggled["end_date"]),
                    "h100e_p5": smuggled["h100e_p5"],
                    "h100e_p50": smuggled["h100e_median"],
                    "h100e_p95": smuggled["h100e_p95"],
                    "units_p50": smuggled["units_median"],
                    "power_mw_p50": smuggled["power_mw_median"],
                }
            ),
        ],
        ignore_index=True,
    )


@importer("gpu_clusters")
def gpu_clusters(source: Path) -> pd.DataFrame:
    """Return clusters, existing, planned and decommissioned; the status tells which."""
    raw = pd.read_csv(source / "epoch-gpu-clusters/gpu_clusters.csv")
    existing = raw.loc[raw["Status"] == "Existing", "Name"]
    return pd.DataFrame(
        {
            "cluster": _numbered(raw["Name"]),
            **country_columns(raw["Country"]),
            "owner": raw["Owner"],
            "sector": raw["Sector"],
            "status": raw["Status"],
            "certainty": raw["Certainty"],
            "first_operational_date": raw["First Operational Date"],
            "h100e": raw["H100 equivalents"],
            "flop_per_s_16bit": raw["16-bit OP/s"],
            "power_mw": raw["Power Capacity (MW)"],
            "in_standard_analysis": raw["Include in Standard Analysis"].eq(other=True),
            "possible_duplicate": raw["Possible Duplicate"].eq(other=True),
            "superseded": raw["Superseded by"].isin(existing),
            "single_cluster": raw["Single cluster?"].map({"Yes": True, "No": False}),
        }
    )


def _basis(tensor: "pd.Series[float]", plain: "pd.Series[float]") -> "pd.Series[str]":
    basis = pd.Series(pd.NA, index=tensor.index, dtype="string")
    return basis.mask(plain.notna(), "non-tensor").mask(tensor.notna(), "tensor")


def _counted(source: Path, pattern: str, makers: Iterable[str]) -> pd.DataFrame:
    files = [source / _CHIP_COUNTS / pattern.format(maker) for maker in makers]
    return pd.concat([_with_short_names(pd.read_csv(file)) for file in files], ignore_index=True)


def _with_short_names(raw: pd.DataFrame) -> pd.DataFrame:
    """Drop the words that some of the files put before a percentile and others do not."""
    short = raw.rename(columns=lambda name: name.replace("Compute estimate in H100e", "H100e"))
    return short.rename(columns={"Number of Units": "Number of units (median)"})


def _stocks(raw: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "maker": raw["Chip manufacturer"],
            "quarter_end": pd.to_datetime(raw["End date"], format="%m/%d/%Y"),
            "h100e_p5": raw["H100e (5th percentile)"],
            "h100e_p50": raw["H100e (median)"],
            "h100e_p95": raw["H100e (95th percentile)"],
            "complete": raw["Incomplete"].isna(),
        }
    )


def _numbered(names: Iterable[str]) -> "pd.Series[str]":
    """Tell anonymised names that repeat apart by their order in the file."""
    given = pd.Series(names)
    repeat = given.groupby(given).cumcount() + 1
    return given.where(repeat == 1, given + " #" + repeat.astype(str))
