# Two targets do everything on a machine that has Go, Node and make:
#
#	make run    build the simulator, serve it on http://127.0.0.1:$(PORT) and print the address
#	make test   every test, the real browser included
#
# And `make bench` and `make bench-web` measure how fast it is, beside others.
# What is missing is installed, or named in one sentence.

PORT ?= 8080
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

WEB := site/web
GEN := $(WEB)/public/generated
GOROOT := $(shell go env GOROOT)
WASM := GOOS=js GOARCH=wasm
KERNEL := wasm/kernel
NODE_WASM := -exec=$(CURDIR)/$(KERNEL)/go_js_wasm_exec
CORE := ./gnn/... ./kd/... ./sim ./sim/scene ./wasm/port
GO_FILES = $(wildcard $(shell git ls-files -co --exclude-standard '*.go' '*.kage' go.mod go.sum assets))

.PHONY: run build test check test-go test-screen test-race test-wasm test-web test-browser bench bench-web bench-page clean tools

run: build build/abkd
	./build/abkd serve --dir $(WEB)/dist --port $(PORT)

build: $(WEB)/dist/index.html

build/abkd: $(GO_FILES)
	CGO_ENABLED=0 go build -trimpath -o $@ ./cmd/abkd

# --- the site ---------------------------------------------------------------

$(WEB)/node_modules/.installed: $(WEB)/package-lock.json
	cd $(WEB) && npm ci --no-audit --no-fund --ignore-scripts
	touch $@

$(GEN)/trainer.wasm: $(GO_FILES)
	mkdir -p $(GEN)
	$(WASM) go build -trimpath -ldflags='-s -w' -o $@ ./wasm/trainer

# What bench.html times.
$(GEN)/bench.wasm: $(GO_FILES)
	mkdir -p $(GEN)
	$(WASM) go build -trimpath -ldflags='-s -w' -o $@ ./wasm/bench

# The stage draws and computes nothing, so it needs no kernel module.
$(GEN)/app.wasm: $(GO_FILES)
	mkdir -p $(GEN)
	$(WASM) go build -tags purego -trimpath -ldflags='-s -w' -o $@ ./wasm/app

$(KERNEL)/node_modules/.installed: $(KERNEL)/package-lock.json
	cd $(KERNEL) && npm ci --no-audit --no-fund --ignore-scripts --omit=dev
	touch $@

KERNEL_FILES = $(wildcard $(shell git ls-files -co --exclude-standard $(KERNEL)))

build/kernel/simd128.wasm: $(KERNEL)/node_modules/.installed $(KERNEL_FILES)
	node $(KERNEL)/build.mjs build/kernel

$(GEN)/glue.js: build/kernel/simd128.wasm
	mkdir -p $(GEN)
	cp build/kernel/simd128.wasm build/kernel/relaxed.wasm $(KERNEL)/glue.js $(GEN)/

$(GEN)/wasm_exec.js: $(GOROOT)/lib/wasm/wasm_exec.js
	mkdir -p $(GEN)
	cp $< $@

# What the core computes for the page: the default teacher, the first picture,
# the table of controls.
$(GEN)/teacher.safetensors: $(GO_FILES)
	go run ./site/gen -web $(WEB)

WEB_FILES = $(wildcard $(shell git ls-files -co --exclude-standard $(WEB)))

$(WEB)/dist/index.html: $(WEB)/node_modules/.installed $(GEN)/app.wasm $(GEN)/trainer.wasm $(GEN)/bench.wasm $(GEN)/wasm_exec.js $(GEN)/glue.js $(GEN)/teacher.safetensors $(WEB_FILES)
	cd $(WEB) && npm run build

# --- tests ------------------------------------------------------------------

test: tools check test-go test-screen test-race test-wasm test-web test-browser

check:
	@bad=$$(gofmt -l $$(git ls-files -co --exclude-standard '*.go')); test -z "$$bad" || { echo "not formatted, run gofmt -w: $$bad"; exit 1; }
	go vet ./...
	$(WASM) go vet $(CORE) ./wasm/...
	go tool staticcheck ./...

test-go:
	go test ./...
	go test -tags purego ./gnn/... ./kd ./sim

# The stage's pixels, in a window on a display of its own.
test-screen: tools
	xvfb-run -a go test ./sim/screen

test-race:
	go test -race ./cmd/... ./gnn/ogb ./gnn/internal/kernel

# The core in WebAssembly under Node: on Go's own code and on both kernel modules.
test-wasm: build/kernel/simd128.wasm
	cd $(KERNEL) && node --test test/
	for kernel in none simd128 relaxed; do ABKD_KERNEL=$$kernel $(WASM) go test $(NODE_WASM) $(CORE) || exit 1; done

test-web: $(WEB)/node_modules/.installed $(GEN)/teacher.safetensors
	cd $(WEB) && npm run check && npm test

test-browser: build build/abkd tools
	cd $(WEB) && npm run test:browser

# --- benchmarks: they write their sections of RESULTS.md ----------------------

BENCH := build/bench-site
OPENBLAS := printf '\043include <cblas.h>\nint main(void) { return 0; }\n' | cc -x c - -lopenblas -o /dev/null 2>/dev/null && echo openblas
TFJS := wasm/bench/node_modules/@tensorflow

# Beside gonum and, where they are installed, OpenBLAS and PyTorch; DATA=folder times that graph too.
bench:
	go run -tags "$$($(OPENBLAS))" ./gnn/internal/bench -results RESULTS.md $(if $(DATA),-data $(DATA))

# bench.html in a browser, beside TensorFlow.js.
bench-web: $(BENCH)/bench.html build/abkd tools
	node $(WEB)/bench.mjs $(BENCH) | tee /dev/stderr | go run ./gnn/internal/bench -results RESULTS.md -section web

# The same for people to look at.
bench-page: $(BENCH)/bench.html build/abkd
	./build/abkd serve --dir $(BENCH) --port $(PORT)

# A copy of the site with TensorFlow.js in it. The site itself never has it.
$(BENCH)/bench.html: $(WEB)/dist/index.html wasm/bench/node_modules/.installed
	rm -rf $(BENCH)
	cp -r $(WEB)/dist $(BENCH)
	mkdir $(BENCH)/tensorflow
	cp $(TFJS)/tfjs/dist/tf.es2017.min.js $(TFJS)/tfjs-backend-wasm/dist/tf-backend-wasm.es2017.min.js $(TFJS)/tfjs-backend-wasm/dist/*.wasm $(BENCH)/tensorflow/
	sed -i "s/name=\"tensorflow\" content=\"\"/name=\"tensorflow\" content=\"$$(node -p "require('./$(TFJS)/tfjs/package.json').version")\"/" $@

wasm/bench/node_modules/.installed: wasm/bench/package-lock.json
	cd wasm/bench && npm ci --no-audit --no-fund --ignore-scripts
	touch $@

# Programs that the tests need besides Go and Node, from Debian.
PACKAGES := chromium xvfb xauth libgl1 libgl1-mesa-dri libegl1 libx11-6 libxrandr2 libxcursor1 libxinerama1 libxi6 libxrender1 libxext6

tools:
	@command -v chromium >/dev/null && command -v xvfb-run >/dev/null && test -n "$$(find /usr/lib -name 'libGL.so.1' -print -quit)" \
		|| { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $(PACKAGES) >/dev/null; } \
		|| { echo "The tests need a browser and a display to draw on: sudo apt-get install $(PACKAGES)"; exit 1; }

clean:
	rm -rf build $(KERNEL)/node_modules wasm/bench/node_modules $(WEB)/dist $(GEN) $(WEB)/src/generated $(WEB)/node_modules
