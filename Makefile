# `make run` and `make test` are all a new machine needs; both install what is missing.
.DEFAULT_GOAL := help
SHELL := bash
.PHONY: help run test test-kernels build where bench bench-scan bench-runtime scan-targets audit-compare quiet pictures fmt lint codegen docs clean package setup

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

run: ## build everything and start `yagura up` (ARGS="--listen …", RULES=folder)
	@scripts/run.sh $(ARGS)

test: ## every test: format, lint, unit, integration, kernel, browser
	@scripts/test.sh

test-kernels: ## the kernel tests in a virtual machine with Debian's own kernel (root; some minutes)
	@scripts/test-kernels.sh $(ARGS)

build: ## build the release binary
	@scripts/build.sh

where: ## print the release binary's path
	@scripts/where.sh

bench: ## run the benchmarks
	@scripts/bench.sh

quiet: ## how often our rules cry at honest work, beside the stock Falco set (root; some minutes)
	@tests/quiet/run.sh

bench-runtime: ## what watching costs and loses, beside auditd (root; some ten minutes)
	@scripts/bench-runtime.sh $(ARGS)

audit-compare: ## audit records beside what auditd writes of the same acts (root, auditd)
	@tests/audit/run.sh

scan-targets: ## the same image in every form a scan takes, reports by their formats' own checkers (root; two minutes)
	@tests/scan/run.sh

bench-scan: ## measure scanning beside trivy and syft
	@scripts/bench-scan.sh

pictures: ## follow the README's tour in a browser and take its pictures
	@scripts/browser.sh pictures

fmt: ## format the code
	@. scripts/env.sh && cargo fmt --all

lint: ## clippy and the console's checks
	@. scripts/env.sh && cargo clippy --workspace --all-targets --locked -- -D warnings
	@scripts/console.sh modules && cd console && npm run --silent check

codegen: ## write the generated files again (OpenAPI document, console client, configuration schema)
	@scripts/codegen.sh

docs: ## build the Rust documentation and print where it is
	@. scripts/env.sh && cargo doc --workspace --no-deps --quiet --locked && echo "$$CARGO_TARGET_DIR/doc/yagura/index.html"

package: ## an archive of binary, licence, README and systemd unit
	@scripts/package.sh

setup: ## install what building and testing need
	@scripts/setup.sh test

clean: ## remove every build output
	@. scripts/env.sh && rm -rf "$$CARGO_TARGET_DIR" "$$YAGURA_CACHE/console" "$$YAGURA_CACHE/node" "$$YAGURA_CACHE/node-venv" console/node_modules
