"""Developers by the family that a model's name tells, where a file has names alone."""

import re

import pandas as pd

from overtake.core.errors import TableError

# Country as Epoch AI gives it for the developer; None where developers of several share a model.
# The order matters: GPT-NeoX is not OpenAI's.
_FAMILIES: tuple[tuple[str, str, str | None], ...] = (
    (r"bloom-", "BigScience", None),
    (r"bloomberggpt", "Bloomberg", "USA"),
    (r"camelidae|qwen2idae", "Chinese University of Hong Kong", "HKG"),
    (r"chatglm|glm", "Zhipu AI", "CHN"),
    (r"chinchilla|gopher", "DeepMind", "GBR"),
    (r"claude", "Anthropic", "USA"),
    (r"cohere|command", "Cohere", "CAN"),
    (r"dbrx", "Databricks", "USA"),
    (r"deepseek", "DeepSeek", "CHN"),
    (r"falcon", "Technology Innovation Institute", "ARE"),
    (r"gemini|gemma", "Google DeepMind", "USA"),
    (r"flan-|palm|t5-|u-palm", "Google", "USA"),
    (r"gpt-neox", "EleutherAI", "USA"),
    (r"gpt-|chatgpt|o1|o3-mini|code-cushman|code-davinci|text-", "OpenAI", "USA"),
    (r"grok", "xAI", "USA"),
    (r"hermes", "Nous Research", "USA"),
    (r"inflection", "Inflection AI", "USA"),
    (r"jamba", "AI21 Labs", "ISR"),
    (r"code ?llama|llama|opt-", "Meta AI", "USA"),
    (r"mistral|mixtral", "Mistral AI", "FRA"),
    (r"mpt", "MosaicML", "USA"),
    (r"nemotron", "NVIDIA", "USA"),
    (r"phi[ -]", "Microsoft", "USA"),
    (r"qwen", "Alibaba", "CHN"),
    (r"reka", "Reka AI", "USA"),
    (r"stablelm", "Stability AI", "GBR"),
    (r"xverse", "XVERSE Technology", "CHN"),
    (r"yi-", "01.AI", "CHN"),
)


def developers(models: "pd.Series[str]") -> pd.DataFrame:
    """Return `organization` and `country` of models by the start of their names.

    Raises
    ------
    TableError
        If a name starts with no known family.
    """
    found = [_developer(name) for name in models]
    return pd.DataFrame(found, columns=["organization", "country"], index=models.index)


def _developer(model: str) -> tuple[str, str | None]:
    for pattern, organization, country in _FAMILIES:
        if re.match(pattern, model.lower()):
            return organization, country
    raise TableError(
        f"no developer is known for the model {model!r}; "
        "add its family to importers/epoch_families.py"
    )
