"""The time zones in Zendesk's settings, which have the names of Rails, as IANA names."""

from typing import Final

from shinrai.calendars.rules.time_zone import zone_named, zone_names

# Name: zone. Those whose zone ends in the name itself ("Tokyo", "Berlin") are found without a line.
NAMED: Final = {
    "International Date Line West": "Etc/GMT+12",
    "American Samoa": "Pacific/Pago_Pago",
    "Midway Island": "Pacific/Midway",
    "Hawaii": "Pacific/Honolulu",
    "Alaska": "America/Juneau",
    "Pacific Time (US & Canada)": "America/Los_Angeles",
    "Arizona": "America/Phoenix",
    "Mountain Time (US & Canada)": "America/Denver",
    "Central America": "America/Guatemala",
    "Central Time (US & Canada)": "America/Chicago",
    "Guadalajara": "America/Mexico_City",
    "Saskatchewan": "America/Regina",
    "Eastern Time (US & Canada)": "America/New_York",
    "Indiana (East)": "America/Indiana/Indianapolis",
    "Quito": "America/Lima",
    "Atlantic Time (Canada)": "America/Halifax",
    "Georgetown": "America/Guyana",
    "Newfoundland": "America/St_Johns",
    "Brasilia": "America/Sao_Paulo",
    "Greenland": "America/Nuuk",
    "Mid-Atlantic": "Atlantic/South_Georgia",
    "Cape Verde Is.": "Atlantic/Cape_Verde",
    "Edinburgh": "Europe/London",
    "UTC": "Etc/UTC",
    "Bern": "Europe/Zurich",
    "West Central Africa": "Africa/Algiers",
    "Kyiv": "Europe/Kiev",
    "Pretoria": "Africa/Johannesburg",
    "St. Petersburg": "Europe/Moscow",
    "Kuwait": "Asia/Riyadh",
    "Abu Dhabi": "Asia/Muscat",
    "Ekaterinburg": "Asia/Yekaterinburg",
    "Islamabad": "Asia/Karachi",
    "Chennai": "Asia/Kolkata",
    "Mumbai": "Asia/Kolkata",
    "New Delhi": "Asia/Kolkata",
    "Astana": "Asia/Almaty",
    "Hanoi": "Asia/Bangkok",
    "Beijing": "Asia/Shanghai",
    "Ulaanbaatar": "Asia/Ulaanbaatar",
    "Osaka": "Asia/Tokyo",
    "Sapporo": "Asia/Tokyo",
    "Canberra": "Australia/Sydney",
    "Solomon Is.": "Pacific/Guadalcanal",
    "New Caledonia": "Pacific/Noumea",
    "Marshall Is.": "Pacific/Majuro",
    "Wellington": "Pacific/Auckland",
    "Nuku'alofa": "Pacific/Tongatapu",
    "Tokelau Is.": "Pacific/Fakaofo",
    "Chatham Is.": "Pacific/Chatham",
    "Samoa": "Pacific/Apia",
}


def iana_name(name: str) -> str:
    """Return the IANA name of a zone in Zendesk's settings.

    Raises: UnknownZone.
    """
    if name in NAMED:
        return NAMED[name]
    if name not in zone_names():
        ends = "/" + name.replace(" ", "_")
        found = sorted(zone for zone in zone_names() if zone.endswith(ends) and zone[0] != "E")
        found = found or sorted(zone for zone in zone_names() if zone.endswith(ends))
        if found:
            return found[0]
    zone_named(name)
    return name
