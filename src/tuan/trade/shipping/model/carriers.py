"""Carriers as data: what each is called, where its own page shows a parcel, and through which gateway we reach it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Carrier:
    """names: every way in which people write it, the first one as it is shown. page: `{}` stands for the number.

    gateway: by what name a house reaches it, empty where it only shows the number.
    """

    code: str
    names: tuple[str, ...]
    page: str = ""
    gateway: str = ""


CARRIERS: Mapping[str, Carrier] = {
    one.code: one
    for one in (
        Carrier(
            "sf",
            ("顺丰速运", "顺丰", "SF Express", "SF"),
            "https://www.sf-express.com/chn/sc/waybill/waybill-detail/{}",
        ),
        Carrier(
            "zto",
            ("中通快递", "中通", "ZTO Express", "ZTO"),
            "https://www.zto.com/express/expressCheck.html?txtBill={}",
        ),
        Carrier("yto", ("圆通速递", "圆通", "YTO Express", "YTO")),
        Carrier("sto", ("申通快递", "申通", "STO Express", "STO")),
        Carrier("yunda", ("韵达快递", "韵达", "Yunda Express", "Yunda")),
        Carrier("jt", ("极兔速递", "极兔", "J&T Express", "J&T")),
        Carrier("jd", ("京东快递", "京东", "JD Logistics", "JD")),
        Carrier(
            "ems",
            ("中国邮政 EMS", "EMS", "邮政", "中国邮政", "China Post"),
            "https://www.ems.com.cn/queryList?mailNum={}",
        ),
        Carrier("deppon", ("德邦快递", "德邦", "Deppon")),
        Carrier("dhl", ("DHL",), "https://www.dhl.com/global-en/home/tracking.html?tracking-id={}"),
        Carrier("ups", ("UPS",), "https://www.ups.com/track?tracknum={}"),
        Carrier("fedex", ("FedEx",), "https://www.fedex.com/fedextrack/?trknbr={}"),
        Carrier("usps", ("USPS",), "https://tools.usps.com/go/TrackConfirmAction?tLabels={}"),
        Carrier(
            "correos",
            ("Correos",),
            "https://www.correos.es/es/es/herramientas/localizador/envios/detalle?tracking-number={}",
        ),
        Carrier("sandbox_express", ("沙盒快递", "Sandbox Express"), gateway="sandbox"),
    )
}

_BY_NAME = {name.casefold(): one for one in CARRIERS.values() for name in (one.code, *one.names)}


def carrier_of(written: str) -> Carrier | None:
    """Whom a supplier means by what he has written; None for one that we do not know, whose number is shown as it stands."""
    return _BY_NAME.get(written.strip().casefold())


def tracking_url(written: str, tracking: str) -> str:
    """Where the carrier shows this parcel himself; nothing where he does not, where nobody knows him, or where the number is
    more than letters, digits and dashes: such a one leads nowhere, or somewhere else."""
    found = carrier_of(written)
    is_plain = tracking.isascii() and tracking.replace("-", "").isalnum()
    return found.page.format(tracking) if found and found.page and is_plain else ""
