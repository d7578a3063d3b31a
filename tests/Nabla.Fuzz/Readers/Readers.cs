namespace Nabla.Fuzz.Readers;

/// <summary>All readers to fuzz. Add a line for a new reader.</summary>
internal static class Readers
{
    /// <summary>Makes the readers. They write their files to the folder.</summary>
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
