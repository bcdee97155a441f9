"""Which languages write 2:02 PM and which write 14:02, by the Unicode CLDR (`timeData`, 48)."""

# Regions where all languages use the 12-hour clock, but for the exceptions.
REGIONS = (
    "AE AG AL AR AS AU BB BD BH BM BN BO BS BT CA CL CO CR CU CY DJ DM DO DZ EC EG EH ER ET FJ FM "
    "GD GH GM GR GT GU GY HK HN IN IQ JM JO KH KI KN KP KR KW KY LB LC LR LS LY MH MO MP MR MW MX "
    "MY NA NI NZ OM PA PE PG PH PK PR PS PW PY QA SA SB SD SG SL SO SS SV SY SZ TC TD TN TO TT TW "
    "UM US UY VC VE VG VI VU WS YE ZM 001 419"
)
EXCEPTIONS = ("fr-CA", "ku-SY")
# Languages that use it where most of their speakers are.
LANGUAGES = (
    "ak am ar as bho bn brx ceb chr ckb doi dz ee el en fil gu haw hi kab km kn ko kok ks lkt mai "
    "mi ml mni mr ms naq nus om or pa qu raj sa sat sd so sq syr ta te ti tl to ur vai yue zh-Hant"
)


def uses_12_hours(language: str) -> bool:
    """Return whether a language, such as "en-US" (BCP 47), uses the 12-hour clock.

    False for "", and for a language that is unknown.
    """
    name, *subtags = language.replace("_", "-").split("-")
    for region in subtags:
        if len(region) == 2 or region.isdecimal():
            is_exception = f"{name.lower()}-{region.upper()}" in EXCEPTIONS
            return region.upper() in REGIONS.split() and not is_exception
    script = [each.title() for each in subtags[:1] if len(each) == 4]
    return not {name.lower(), "-".join([name.lower(), *script])}.isdisjoint(LANGUAGES.split())
