// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .treatAllWarnings(as: .error),
    .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
]

/// The folders that say what their part of openapi.yaml is, in a contract.yaml that is no source.
let contracts = [
    "Service": [
        "",
        "Access", "Changes", "Jobs", "Jobs/Export", "Operations", "Reference",
    ],
    "Archive": [
        "Divisions", "Duties", "Helpers/Cadres", "Helpers/Capacity", "Helpers/Organizations", "Helpers/Others",
        "Households", "Parameters", "Statistics", "Villages",
    ],
    "Pairing": [
        "", "Campaigns", "Cards", "Coverage", "Handovers", "Partnerships", "Runs",
    ],
    "Contact": [
        "Activities", "Batches", "ContactDuties", "Counters", "Counters/Bulletins", "Desk", "Held", "Needs",
        "Occasions", "Pages", "Proposals", "Visits",
    ],
]

/// A target of the service: it knows what is below it.
func layer(_ name: String, on lower: [Target.Dependency]) -> Target {
    let folders = contracts[name] ?? []
    return .target(
        name: name,
        dependencies: lower + [
            "Web", "HTTP1", "SQL", "Domain", .product(name: "Crypto", package: "swift-crypto"),
            .product(name: "Logging", package: "swift-log"),
        ],
        exclude: folders.map { $0.isEmpty ? "contract.yaml" : $0 + "/contract.yaml" }, swiftSettings: strict)
}

let package = Package(
    name: "jiedui",
    products: [
        .executable(name: "jiedui", targets: ["jiedui"]),
        .executable(name: "expand-contract", targets: ["ExpandContract"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .systemLibrary(name: "CLinux"),
        .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "HTTP1", dependencies: ["CLinux", "CZlib"], swiftSettings: strict),
        .target(
            name: "Web", dependencies: ["HTTP1", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),
        .target(
            name: "SQL", dependencies: ["CSQLite", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),
        .target(name: "Domain", swiftSettings: strict),
        .target(name: "Demonstration", dependencies: ["Domain"], swiftSettings: strict),
        layer("Service", on: []),
        layer("Archive", on: ["Service"]),
        layer("Pairing", on: ["Service", "Archive"]),
        layer("Contact", on: ["Service", "Archive", "Pairing"]),
        layer("App", on: ["Service", "Archive", "Pairing", "Contact", "Demonstration"]),
        .executableTarget(name: "ExpandContract", dependencies: ["App", "Service"], swiftSettings: strict),
        .executableTarget(
            name: "jiedui",
            dependencies: [
                "App", "Archive", "Pairing", "Contact", "Service", "HTTP1", "SQL", "Domain", "Demonstration",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(name: "HTTP1Tests", dependencies: ["HTTP1"], swiftSettings: strict),
        .testTarget(name: "WebTests", dependencies: ["Web", "HTTP1"], swiftSettings: strict),
        .target(name: "CFaultVFS", dependencies: ["CSQLite"], path: "Tests/CFaultVFS"),
        .testTarget(name: "SQLTests", dependencies: ["SQL", "CSQLite", "CFaultVFS"], swiftSettings: strict),
        .testTarget(name: "DomainTests", dependencies: ["Domain", "Demonstration"], swiftSettings: strict),
        .testTarget(
            name: "AppTests",
            dependencies: [
                "App", "Contact", "Pairing", "Archive", "Service", "Web", "HTTP1", "SQL", "Domain", "Demonstration",
                "ExpandContract",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict),
        .testTarget(name: "ProcessTests", dependencies: ["jiedui"], swiftSettings: strict),
        .testTarget(name: "TidyTests", swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
