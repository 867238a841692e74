module example.com/app

go 1.21

toolchain go1.21.5

require github.com/Masterminds/semver v1.5.0

require (
	golang.org/x/net v0.17.0 // indirect
	"gopkg.in/yaml.v3" v3.0.1
	github.com/old/name v1.0.0
	github.com/pinned/name v1.0.0
)

replace (
	github.com/old/name => github.com/new/name v1.2.0
	github.com/pinned/name v0.9.0 => ../local
)

exclude golang.org/x/net v0.16.0

unknown directive
