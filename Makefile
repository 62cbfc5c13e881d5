# The commands of this repository. Each calls one script of scripts/, where the steps and their reasons are.
.DEFAULT_GOAL := help
.PHONY: help run test chaos lint fmt bench audit clean

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' Makefile | expand -t 14

run: ## install what is missing, build, start a private Postgres unless DATABASE_URL is set, serve the demo
	@scripts/run

test: ## everything that CI runs
	@scripts/test

chaos: ## the fault tests with 2,000 writes each: kill -9, stopped databases, banks that misbehave
	@scripts/chaos

lint: ## the checks of `make test` that run no test
	@scripts/lint

fmt: ## format the Rust code
	@cargo fmt --all

bench: ## the benchmarks, on a private Postgres
	@scripts/bench

audit: ## known vulnerabilities of the dependencies; their list comes from the network
	@scripts/setup --dev && .local/tools/bin/cargo-deny --locked --all-features check advisories

clean: ## stop the private Postgres; delete it, its data and all that was built or installed here
	@scripts/postgres remove run && rm -rf .local && cargo clean
