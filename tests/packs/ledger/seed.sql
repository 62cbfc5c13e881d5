INSERT INTO ledger.account (no, balance) SELECT 'A' || n, 1000 FROM generate_series(0, 9) n;
