"""What providers whose libraries block have in common: each call is made for one thing at a time, in a thread."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

from tuan.platform.gateways import payment as port
from tuan.platform.gateways.payers import marker
from tuan.platform.gateways.payment import (
    Charge,
    Notice,
    PayoutMode,
    RefundAnswer,
    RefundOrder,
    SplitAnswer,
    SplitOrder,
    Started,
    StatementLine,
    TransferAnswer,
    TransferOrder,
)
from tuan.platform.gateways.threads import Threads


class Known(Protocol):
    """What every provider's account says of itself."""

    @property
    def merchant(self) -> str: ...
    @property
    def app(self) -> str: ...


A = TypeVar("A", bound=Known)


class OneByOne(ABC, Generic[A]):
    """One client per market; every call in a thread, none in a transaction. What fails is left out of the answers."""

    name: str

    def __init__(self, accounts: Mapping[int, A], clients: Mapping[int, Any], secret: bytes) -> None:
        """Accounts and the library's clients, both by market. secret: the installation's, payers are marked with it."""
        self._accounts, self._clients = accounts, clients
        self._marks = {market: marker(secret, self.name, market) for market in accounts}
        self._threads = Threads(self.name)

    def account(self, market: int) -> port.Account | None:
        found = self._accounts.get(market)
        return port.Account(found.merchant, found.app) if found else None

    def payout_modes(self, market: int) -> frozenset[PayoutMode]:
        found = self._accounts.get(market)
        return self._modes(found) if found else frozenset()

    async def start(self, charges: Sequence[Charge]) -> list[Started]:
        return await self._threads.each(charges, self._start)

    async def query(self, charges: Sequence[Charge]) -> list[Notice]:
        return await self._threads.each(charges, self._query)

    async def close(self, charges: Sequence[Charge]) -> list[Notice]:
        return await self._threads.each(charges, self._close)

    async def refund(self, refunds: Sequence[RefundOrder]) -> list[RefundAnswer]:
        return await self._threads.each(refunds, self._refund)

    async def query_refunds(self, refunds: Sequence[RefundOrder]) -> list[RefundAnswer]:
        return await self._threads.each(refunds, self._query_refund)

    async def transfer(self, transfers: Sequence[TransferOrder]) -> list[TransferAnswer]:
        return await self._threads.each(transfers, self._transfer)

    async def query_transfers(self, transfers: Sequence[TransferOrder]) -> list[TransferAnswer]:
        return await self._threads.each(transfers, self._query_transfer)

    async def split(self, splits: Sequence[SplitOrder]) -> list[SplitAnswer]:
        return await self._threads.each(splits, self._split)

    async def query_splits(self, splits: Sequence[SplitOrder]) -> list[SplitAnswer]:
        return await self._threads.each(splits, self._query_split)

    async def statement(self, market: int, day: date) -> list[StatementLine]:
        return await self._threads.run(partial(self._statement, market, day))

    @abstractmethod
    def _modes(self, account: A) -> frozenset[PayoutMode]: ...
    @abstractmethod
    def _start(self, charge: Charge) -> Started: ...
    @abstractmethod
    def _query(self, charge: Charge) -> Notice: ...
    @abstractmethod
    def _close(self, charge: Charge) -> Notice: ...
    @abstractmethod
    def _refund(self, order: RefundOrder) -> RefundAnswer: ...
    @abstractmethod
    def _query_refund(self, order: RefundOrder) -> RefundAnswer: ...
    @abstractmethod
    def _transfer(self, order: TransferOrder) -> TransferAnswer: ...
    @abstractmethod
    def _query_transfer(self, order: TransferOrder) -> TransferAnswer: ...
    @abstractmethod
    def _split(self, order: SplitOrder) -> SplitAnswer: ...
    @abstractmethod
    def _query_split(self, order: SplitOrder) -> SplitAnswer: ...
    @abstractmethod
    def _statement(self, market: int, day: date) -> list[StatementLine]: ...
