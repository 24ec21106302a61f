"""What every module stands on: transactions, lanes, facts, sweeps, gateways; it knows no module."""
