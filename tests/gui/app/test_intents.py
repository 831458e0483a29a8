"""Every intent is answered by somebody."""

from __future__ import annotations

from PySide6.QtCore import QMetaMethod

from fewshot_gui.app import App


def test_every_intent_is_connected(app: App) -> None:
    intents = app.intents
    meta = intents.metaObject()
    methods = [meta.method(at) for at in range(meta.methodOffset(), meta.methodCount())]
    signals = [method for method in methods if method.methodType() == QMetaMethod.MethodType.Signal]
    assert len(signals) > 35
    ignored = [bytes(signal.name().data()).decode() for signal in signals if not intents.isSignalConnected(signal)]
    assert ignored == []
