using System.Globalization;
using System.Management.Automation;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace JiraAdoSync.Output;

/// <summary>
/// Lets what cmdlets emit travel. Export-Clixml, jobs and remoting keep a few levels of an object and make text of the
/// rest; so each object carries the whole of itself as JSON in a hidden property, and becomes itself again where this
/// module is loaded, or where a cmdlet of it takes the object. Plans do not travel so: they are exported as files,
/// which nobody can change on the way, and connections stay in their session.
/// </summary>
public sealed class PortableObject : PSTypeConverter
{
    private static readonly JsonSerializerOptions Json = new()
    {
        IgnoreReadOnlyProperties = true,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { KeepWhole } },
        Converters = { new JsonStringEnumConverter(), new TableConverter(), new ValueConverter() },
    };

    private const string WhatTravels =
        "Export-Clixml, jobs and remoting keep it whole; JSON, CSV and Select-Object do not.";

    /// <summary>The whole object as JSON.</summary>
    /// <param name="one">What a cmdlet emitted.</param>
    public static string Portable(PSObject one)
    {
        ArgumentNullException.ThrowIfNull(one);
        return JsonSerializer.Serialize(one.BaseObject, one.BaseObject.GetType(), Json);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Objects with properties only: PowerShell itself would copy what it finds, and leave the rest empty.
    /// </remarks>
    public override bool CanConvertFrom(object sourceValue, Type destinationType) =>
        sourceValue is PSObject { BaseObject: PSCustomObject };

    /// <inheritdoc/>
    public override object ConvertFrom(
        object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase)
    {
        ArgumentNullException.ThrowIfNull(destinationType);
        try
        {
            return JsonOf(sourceValue, destinationType) is { } json
                ? JsonSerializer.Deserialize(json, destinationType, Json)!
                : throw new PSInvalidCastException(WayOut(destinationType));
        }
        catch (JsonException)
        {
            throw new PSInvalidCastException(WayOut(destinationType));
        }
    }

    /// <inheritdoc/>
    public override bool CanConvertTo(object sourceValue, Type destinationType) => false;

    /// <inheritdoc/>
    public override object ConvertTo(
        object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase) =>
        throw new PSInvalidCastException("Nothing is made of this.");

    /// <summary>What a run's record leaves out travels all the same.</summary>
    private static void KeepWhole(JsonTypeInfo type)
    {
        var ignored = type.Type.GetProperties()
            .Where(own => own.CanWrite
                && own.GetCustomAttribute<JsonIgnoreAttribute>() is { Condition: JsonIgnoreCondition.Always });
        foreach (var own in type.Kind == JsonTypeInfoKind.Object ? ignored : [])
        {
            if (type.Properties.FirstOrDefault(property => property.Name == own.Name) is { } without)
            {
                type.Properties.Remove(without);
            }

            var property = type.CreateJsonPropertyInfo(own.PropertyType, own.Name);
            (property.Get, property.Set) = (own.GetValue, own.SetValue);
            type.Properties.Add(property);
        }
    }

    /// <summary>Where to get what a cmdlet takes.</summary>
    private static string WayOut(Type type) => type.Name switch
    {
        "WorkItemChange" or "RelationChange" => "A plan is applied as it was made. Write it to a file with "
            + "Export-JiraAdoPlan, and apply that with Invoke-JiraAdoPlan.",
        "JiraConnection" => "A connection stays in the session that made it. Run Connect-JiraSite in this one.",
        "AdoConnection" => "A connection stays in the session that made it. Run Connect-AdoProject in this one.",
        "Replica" => $"Read issues with Get-JiraReplica. {WhatTravels}",
        "IssueLink" => $"Read links with Get-JiraIssueLinks. {WhatTravels}",
        "DesiredRelation" => $"Make it with Convert-LinkType. {WhatTravels}",
        _ => $"Take it from the cmdlet that emits it. {WhatTravels}",
    };

    /// <summary>What an object of a type carries that was serialized; null where it is none.</summary>
    private static string? JsonOf(object sourceValue, Type destinationType) =>
        sourceValue is PSObject one && one.TypeNames.Contains($"Deserialized.{destinationType.FullName}")
            ? one.Properties[nameof(Portable)]?.Value as string
            : null;

    /// <summary>Tables know their keys in any case.</summary>
    private sealed class TableConverter : JsonConverter<IReadOnlyDictionary<string, object?>>
    {
        public override IReadOnlyDictionary<string, object?> Read(
            ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            using var document = JsonDocument.ParseValue(ref reader);
            return ValueConverter.TableOf(document.RootElement);
        }

        public override void Write(
            Utf8JsonWriter writer, IReadOnlyDictionary<string, object?> value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            foreach (var (name, one) in value)
            {
                writer.WritePropertyName(name);
                JsonSerializer.Serialize(writer, one, options);
            }

            writer.WriteEndObject();
        }
    }

    /// <summary>
    /// Values of fields keep their types: a date is an object of its own, a number has a point or none.
    /// </summary>
    private sealed class ValueConverter : JsonConverter<object>
    {
        private const string Date = "$date";

        public override object? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            using var document = JsonDocument.ParseValue(ref reader);
            return Read(document.RootElement);
        }

        public override void Write(Utf8JsonWriter writer, object value, JsonSerializerOptions options)
        {
            switch (value)
            {
                case double number when double.IsInteger(number) && Math.Abs(number) < 1e15:
                    writer.WriteRawValue(number.ToString("0.0", CultureInfo.InvariantCulture));
                    break;
                case DateTimeOffset date:
                    writer.WriteStartObject();
                    writer.WriteString(Date, date);
                    writer.WriteEndObject();
                    break;
                default:
                    JsonSerializer.Serialize(writer, value, value.GetType(), options);
                    break;
            }
        }

        private static object? Read(JsonElement value) => value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number => value.TryGetInt64(out var whole) ? (object)whole : value.GetDouble(),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Array => value.EnumerateArray().Select(Read).ToArray(),
            JsonValueKind.Object when value.TryGetProperty(Date, out var date) => date.GetDateTimeOffset(),
            JsonValueKind.Object => TableOf(value),
            _ => null,
        };

        public static Table<object?> TableOf(JsonElement value)
        {
            var table = new Table<object?>();
            foreach (var one in value.EnumerateObject())
            {
                table[one.Name] = Read(one.Value);
            }

            return table;
        }
    }
}
