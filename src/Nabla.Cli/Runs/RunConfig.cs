using System.Text.Json;
using System.Text.Json.Nodes;
using Nabla.Storage;

namespace Nabla.Cli;

/// <summary>
/// config.json, from which a run is resumed. Options that are not given again keep their values; those that are given
/// must not differ.
/// </summary>
internal sealed class RunConfig
{
    private const int MostBytes = 1 << 20;
    private const int MostShown = 200;                  // characters of a setting in a message
    private const string Epochs = "epochs";

    private readonly JsonObject settings;
    private readonly string file;

    private RunConfig(JsonObject settings, string file) => (this.settings, this.file) = (settings, file);

    /// <summary>Reads the file.</summary>
    /// <exception cref="InvalidDataException">It is not the config.json of a run.</exception>
    public static RunConfig Read(string file)
    {
        using var stream = OrdinaryFile.Open(file);
        if (stream.Length > MostBytes)
            throw new InvalidDataException(
                $"{file} has {stream.Length:N0} bytes; the settings of a run have at most {MostBytes:N0}. It is " +
                "another file, or is damaged. Restore it, or start a new run.");
        try
        {
            var options = new JsonDocumentOptions { AllowDuplicateProperties = false };
            var settings = JsonNode.Parse(stream, documentOptions: options) as JsonObject
                ?? throw new JsonException("An object is expected");
            var strange = settings.FirstOrDefault(pair => !IsSetting(pair.Key, pair.Value)).Key;
            return strange is null
                ? new(settings, file)
                : throw new JsonException(
                    $"{Excerpt.Quoted(strange)} is not a string without control characters, a number, true or false");
        }
        // The latter for a lone surrogate
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException(
                $"{file} is damaged: {Excerpt.OfMessage(e)}. Restore it, or start a new run.", e);
        }
    }

    /// <summary>The options that were given, and for the others those that the run was started with.</summary>
    public TrainRequest Complete(TrainRequest asked)
    {
        if (asked.Out is not null)
            throw new ArgumentException(
                $"--out {asked.Out} and --resume {asked.Resume} exclude each other: a run is resumed in its own " +
                "folder. Leave one of them out.");
        var before = Text("optimizer", SettingNames.Optimizer);
        var optimizer = asked.Optimizer ?? before;
        var isSame = optimizer == before;
        return asked with
        {
            Data = asked.Given.Contains("DATA") ? asked.Data : Text("data"),
            Network = asked.Given.Contains("--network") ? asked.Network : Text("layers", Parse.Layers),
            Loss = asked.Loss ?? Text("loss", Parse.Loss),
            Optimizer = optimizer,
            LearningRate = asked.LearningRate ?? Number("learningRate"),
            Momentum = asked.Momentum
                ?? (isSame && optimizer is not ("adam" or "adamw") ? Number("momentum") : null),
            Nesterov = asked.Nesterov || (isSame && settings["nesterov"] is not null),
            WeightDecay = asked.WeightDecay ?? (isSame && optimizer != "adam" ? Number("weightDecay") : null),
            Schedule = asked.Schedule ?? Text("schedule", Parse.Schedule),
            Clip = asked.Clip ?? (settings["clip"] is null ? null : Text("clip", ClipText.Parse)),
            EarlyStopping = asked.EarlyStopping ?? (settings["earlyStopping"] is null ? null : Whole("earlyStopping")),
            Ema = asked.Ema ?? (settings["ema"] is null ? null : Number("ema")),
            Augment = asked.Augment ?? (settings["augment"] is null ? null : Text("augment", Parse.Augmentation)),
            BatchSize = asked.BatchSize ?? Whole("batch"),
            Epochs = asked.Epochs ?? Whole(Epochs),
            Validation = asked.Given.Contains("--validation") ? asked.Validation : Number("validation"),
            Seed = asked.Given.Contains("--seed") ? asked.Seed : Get<ulong>("seed"),
        };
    }

    /// <summary>
    /// Checks that the settings are those of the run, but for more epochs, and returns them with the name of its
    /// network.
    /// </summary>
    /// <exception cref="ArgumentException">They differ; the message says in what.</exception>
    public TrainSettings Check(TrainSettings now)
    {
        var asked = now.ToJson();
        var differences = asked.Select(pair => pair.Key).Union(settings.Select(pair => pair.Key))
            .Where(key => key is not ("network" or "nabla") && Differs(key, asked))
            .Select(key =>
                $"{OptionOf(key)} is {Shown(asked[key]) ?? "not given"}, but the run has " +
                $"{Shown(settings[key]) ?? "none"}");
        if (string.Join("; ", differences) is { Length: > 0 } all)
            throw new ArgumentException(
                $"The run cannot be resumed with other settings: {all}. It keeps the settings of {file}; only " +
                "--epochs may be larger. Leave out the options that differ, or start a new run.");
        return now with { NetworkName = Text("network") };
    }

    /// <summary>The settings with another number of epochs; null if it is the same.</summary>
    public JsonObject? Extended(int epochs)
    {
        if (Whole(Epochs) == epochs)
            return null;
        settings[Epochs] = epochs;
        return settings;
    }

    private bool Differs(string key, JsonObject asked) =>
        !JsonNode.DeepEquals(asked[key], settings[key])
        && asked[key]?.ToJsonString() != settings[key]?.ToJsonString()
        && !(key == Epochs && (int)asked[key]! >= Whole(Epochs));

    private static string? Shown(JsonNode? value) =>
        value is null ? null : Excerpt.Of(value.ToString(), MostShown);

    private static bool IsSetting(string key, JsonNode? value) =>
        value is JsonValue setting && !key.Any(char.IsControl)
        && !(setting.TryGetValue<string>(out var text) && text.Any(char.IsControl));

    private static string OptionOf(string key) => key switch
    {
        "data" => "DATA",
        "layers" => "--network",
        _ => "--" + string.Concat(Excerpt.Of(key, MostShown).Select(
            letter => char.IsUpper(letter) ? $"-{char.ToLowerInvariant(letter)}" : $"{letter}")),
    };

    private string Text(string key) => Get<string>(key);

    /// <summary>The text of a setting, once it was parsed without an error.</summary>
    private string Text<T>(string key, Func<string, T> read)
    {
        var text = Text(key);
        try
        {
            read(text);
            return text;
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            throw Damaged($"'{key}' is wrong. {Excerpt.OfMessage(e)}.", e);
        }
    }

    private double Number(string key) => Get<double>(key);

    private int Whole(string key) => Get<int>(key);

    private T Get<T>(string key)
    {
        try
        {
            if (settings[key] is JsonValue value && value.TryGetValue<T>(out var found))
                return found;
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException)
        {
            // It is not such a value: see below.
        }
        throw Damaged($"'{key}' is missing, or has the wrong type.");
    }

    private InvalidDataException Damaged(string what, Exception? cause = null) =>
        new($"{file} is damaged: {what} Restore it, or start a new run.", cause);
}
