// swift-tools-version: 6.2
import PackageDescription

// The pairing engine alone, without the service and without the rival's dependencies. Sources/Domain and
// Sources/Demonstration are links to the program's own, so that what is measured is what is shipped.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
]

let package = Package(
    name: "Pairing",
    targets: [
        .target(name: "Domain", swiftSettings: strict),
        .target(name: "Demonstration", dependencies: ["Domain"], swiftSettings: strict),
        .executableTarget(name: "Measure", dependencies: ["Demonstration", "Domain"], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
