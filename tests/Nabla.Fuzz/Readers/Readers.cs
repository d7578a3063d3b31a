namespace Nabla.Fuzz.Readers;

/// <summary>All readers that there are to be fuzzed. A new reader gets a line here.</summary>
internal static class Readers
{
    /// <summary>Makes them. Each keeps a file of its own in the folder.</summary>
    public static IReadOnlyList<FuzzedReader> All(string folder) =>
    [
        new IdxReader(folder),
        new GzipReader(folder),
        new TensorsReader(),
        new ModelReader(),
        new CheckpointReader(),
        new ConfigReader(folder),
        new PngReader(folder),
        new PgmReader(folder),
        new LayersReader(),
        new LossReader(),
    ];

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All("").Select(reader => reader.Name)];
}
