# The commands of this repository. Each calls one script of scripts/, where the steps and their reasons are.
.DEFAULT_GOAL := help
.PHONY: help run console test browser chaos lint fmt bench audit clean

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' Makefile | expand -t 14

run: ## install what is missing, build, start a private Postgres unless DATABASE_URL is set, serve the demo
	@scripts/run

console: ## build the admin console, which the next build of the server takes into the binary
	@scripts/setup && scripts/console

test: ## everything that CI runs
	@scripts/test

browser: ## the tests of the console in a real browser; part of `make test`
	@scripts/setup --dev && scripts/console && cargo build --bin paigong && scripts/browser

chaos: ## the fault tests with 2,000 writes each: kill -9, stopped databases, banks that misbehave
	@scripts/chaos

lint: ## the checks of `make test` that run no test
	@scripts/lint

fmt: ## format the Rust code and the console
	@cargo fmt --all && scripts/console && npm --prefix services/console/web run --silent format

bench: ## the benchmarks, on a private Postgres
	@scripts/bench

audit: ## known vulnerabilities of the dependencies; their list comes from the network
	@scripts/setup --dev && .local/tools/bin/cargo-deny --locked --all-features check advisories

clean: ## stop the private Postgres; delete it, its data and all that was built or installed here
	@scripts/postgres remove run && rm -rf .local services/console/web/node_modules services/console/*/dist && cargo clean
